extension Command {
  /// All commands in the order in which `.help` lists them.
  static let all: [Command] = [
    Command(
      "help", [.optional("TOPIC", .topic)], "what there is, or about one topic",
      HelpCommand.run),
    Command(
      "read", [.needed("FILE", .file), .assignments], "run a script, with parameters",
      FileCommands.read),
    Command(
      "save", [.needed("FILE", .file)], "write everything as text that reads back",
      FileCommands.save),
    Command(
      "export", [.needed("RELATION", .relation), .needed("FILE", .file)],
      "write the facts of a relation; the extension says how", FileCommands.export),
    Command(
      "last", [.optional("MODE or FILE", .modeOrFile)],
      "the last answer again, in full, without asking again", AnswerCommands.last),
    Command(
      "relations", [.optional("PATTERN", .text)], "the relations and how much they hold",
      CatalogueCommands.relations),
    Command(
      "describe", [.needed("RELATION", .relation)], "a relation, its attributes and rules",
      DescribeCommand.run),
    Command(
      "rules", [.optional("RELATION", .relation)], "the rules as they were stated",
      CatalogueCommands.rules),
    Command(
      "queries", [], "the named queries with titles and parameters", CatalogueCommands.queries),
    Command(
      "run", [.needed("NAME", .query), .assignments], "ask a named query",
      AnswerCommands.runNamed),
    Command(
      "about", [.needed("ENTITY", .entity)], "everything known of an entity", AboutCommand.run),
    Command(
      "path", [.needed("A", .entity), .needed("B", .entity)], "how two entities connect",
      ExploringCommands.path),
    Command(
      "timeline", [.needed("ENTITY", .entity)], "what happened to an entity, in order",
      ExploringCommands.timeline),
    Command(
      "erase", [.needed("ATOM", .rest)], "remove facts as if never stated",
      RemovalCommands.erase),
    Command(
      "drop", [.needed("RELATION", .relation)], "remove a relation with its facts",
      RemovalCommands.drop),
    Command(
      "why", [.optional("N [all], or not ATOM", .rest)],
      "the proof of a row of the last answer, or why a fact does not hold", WhyCommand.run),
    Command("sources", [], "who says something, and how much", ClaimCommands.sources),
    Command("documents", [], "where it was published", ClaimCommands.documents),
    Command(
      "explain", [.needed("QUERY, or off PASS", .rest)],
      "the plan of a query, or plans without a pass", ExplainCommand.run),
    Command(
      "certainty", [.optional("LEVEL", .toggle(["certain", "probable", "possible"]))],
      "show only answers that are at least so sure", SettingCommands.certainty),
    Command(
      "asof", [.optional("DATE|off", .rest)], "answer as could have been said on a day",
      SettingCommands.asOf),
    Command("mode", [.optional("MODE", .mode)], "how answers are printed", SettingCommands.mode),
    Command(
      "maxrows", [.optional("N", .toggle(["all"]))], "rows shown of a long table",
      SettingCommands.maximumRows),
    Command(
      "pager", [.optional("on|off|auto", .toggle(["on", "off", "auto"]))],
      "whether long output goes through a pager", SettingCommands.pager),
    Command(
      "timer", [.optional("on|off|auto", .toggle(["on", "off", "auto"]))],
      "whether it is shown how long a query took", SettingCommands.timer),
    Command(
      "limit",
      [
        .optional("time|memory", .toggle(["time", "memory", "off"])),
        CommandParameter(name: "VALUE", kind: .text, isOptional: true, isRepeated: true),
      ],
      "the time and memory that a statement may take", SettingCommands.limit),
    Command(
      "set",
      [
        .optional("NAME", .setting),
        CommandParameter(name: "VALUE", kind: .settingValue, isOptional: true, isRepeated: true),
      ],
      "the settings, or one of them, or a parameter `$name`", SettingCommands.set),
    Command(
      "history", [.optional("PATTERN", .rest)], "what was typed before", AnswerCommands.history),
    Command("edit", [], "edit what was typed last in $EDITOR, and run it", EditCommand.run),
    Command("quit", [], "leave", AnswerCommands.quit),
    Command(
      "open", [.needed("BASE", .file)], "open or create a durable base", BaseCommands.open),
    Command(
      "conflicts", [], "facts that are denied or exclude one another", CheckCommands.conflicts),
    Command("check", [], "violations of the constraints", CheckCommands.check),
    Command("info", [], "the base and its size", BaseCommands.info),
    Command("verify", [], "check the base for damage", BaseCommands.verify),
    Command(
      "compact", [], "give back room that the base no longer needs", BaseCommands.compact),
  ]
}
