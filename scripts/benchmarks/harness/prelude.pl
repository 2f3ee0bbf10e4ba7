% Reads tab-separated files (.tsv with a header, .facts without) into facts, and times a goal.
:- set_prolog_flag(encoding, utf8).

load_tsv(File, Name) :-
  open(File, read, Stream),
  ( file_name_extension(_, tsv, File) -> read_line_to_string(Stream, _) ; true ),
  repeat,
  read_line_to_string(Stream, Line),
  ( Line == end_of_file
  -> !, close(Stream)
  ; split_string(Line, "\t", "", Fields),
    maplist(field, Fields, Values),
    Fact =.. [Name|Values],
    assertz(Fact),
    fail
  ).

field(Text, Value) :- ( catch(number_string(Value, Text), _, fail) -> true ; atom_string(Value, Text) ).

timed(Goal) :-
  get_time(Start), statistics(cputime, Before),
  call(Goal),
  statistics(cputime, After), get_time(End),
  Wall is End - Start, Cpu is After - Before,
  format("Run Time: real ~6f user ~6f sys 0.0~n", [Wall, Cpu]).
