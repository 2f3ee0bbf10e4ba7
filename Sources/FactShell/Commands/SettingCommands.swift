import FactModel

/// `.mode`, `.maxrows`, `.pager`, `.timer`, `.limit`, `.certainty` and `.set`.
enum SettingCommands {
  static func mode(_ session: Session, _ call: CommandCall) throws {
    try assign("mode", session, call)
  }

  static func maximumRows(_ session: Session, _ call: CommandCall) throws {
    try assign("maxrows", session, call)
  }

  static func pager(_ session: Session, _ call: CommandCall) throws {
    try assign("pager", session, call)
  }

  static func timer(_ session: Session, _ call: CommandCall) throws {
    try assign("timer", session, call)
  }

  static func certainty(_ session: Session, _ call: CommandCall) throws {
    try assign("certainty", session, call)
  }

  static func asOf(_ session: Session, _ call: CommandCall) throws {
    guard let text = call[0] else {
      guard let moment = session.engine.settings.asOf else {
        return try session.printLines(["off: everything known and not retracted counts"])
      }
      let values = session.engine.base.values
      return try session.printLines([values.text(of: values.word(for: moment))])
    }
    session.engine.settings.asOf = text == "off" ? nil : try session.engine.moment(text)
  }

  private static func assign(_ name: String, _ session: Session, _ call: CommandCall) throws {
    let setting = try Setting.find(name)
    if let value = call[0] {
      try setting.assign(value, in: session)
    } else {
      try session.printLines([setting.get(session)])
    }
  }

  static func limit(_ session: Session, _ call: CommandCall) throws {
    if call.words.isEmpty {
      for name in ["time-limit", "memory-limit"] {
        let setting = try Setting.find(name)
        let short = name.dropLast("-limit".count)
        try session.printLines(["\(short) \(setting.get(session))"])
      }
      return
    }
    if call.words == ["off"] {
      session.engine.settings.timeLimit = nil
      session.engine.settings.memoryLimit = nil
      return
    }
    guard call.words.count % 2 == 0 else {
      throw SessionFailure(
        "`.limit` takes pairs of a name and a value",
        hint: "write `.limit time 30s`, `.limit memory 2GB`, `.limit time off` or `.limit off`")
    }
    for index in stride(from: 0, to: call.words.count, by: 2) {
      let name = call.words[index].lowercased()
      guard name == "time" || name == "memory" else {
        throw SessionFailure(
          "there is no limit `\(SafeText.escaped(name))`", hint: "there are `time` and `memory`")
      }
      try Setting.find(name + "-limit").assign(call.words[index + 1], in: session)
    }
  }

  static func set(_ session: Session, _ call: CommandCall) throws {
    guard var name = call[0] else { return try list(session) }
    var values = Array(call.words.dropFirst())
    if let equals = name.firstIndex(of: "="), equals != name.startIndex {
      values.insert(String(name[name.index(after: equals)...]), at: 0)
      name = String(name[..<equals])
    } else if values.first == "=" {
      values.removeFirst()
    }
    guard values.count <= 1 else {
      throw SessionFailure(
        "`.set` takes one name and one value", hint: "put quotes around a value with spaces in it")
    }
    if name.hasPrefix("$") {
      try setParameter(String(name.dropFirst()), values.first, session)
    } else if let value = values.first {
      try Setting.find(name).assign(value, in: session)
    } else {
      try session.printLines([Setting.find(name).get(session)])
    }
  }

  private static func setParameter(
    _ name: String, _ value: String?, _ session: Session
  ) throws(SessionFailure) {
    guard CommandCall.assignment("\(name)=") != nil else {
      throw SessionFailure("`$\(SafeText.escaped(name))` is no name of a parameter")
    }
    session.engine.parameters[name] = value
  }

  private static func list(_ session: Session) throws {
    var listing = Listing([("setting", .text), ("value", .text), ("about", .text)])
    for setting in Setting.all {
      listing.add([
        .symbol(setting.name), .symbol(setting.get(session)),
        .symbol("\(setting.summary): \(setting.kind.description)"),
      ])
    }
    for (name, value) in session.engine.parameters.sorted(by: { $0.key < $1.key }) {
      listing.add([.symbol("$\(name)"), .symbol(value), .symbol("a parameter of scripts")])
    }
    try listing.print(in: session, ifEmpty: "no settings")
  }
}
