b="$SCRATCH/news.base"
$FACTSH --base "$b" -c 'relation p(id: entity, n: integer, d: date).' -c 'p(a, 1001..2500, late 2026-01) @source: notice, @certainty: probable.' -c 'p(b, ~14000, 2026-Q1). -p(c). p("x\ny", 9007199254740993, _).'
$FACTSH --base "$b" -c 'big(X) :- p(X, N, _), N > 2000.' -c 'query big "Who is big?": big(X)?'
$FACTSH --base "$b" --run big -c 'p(X, N, D)?' -c 'claim(S, _, P, W)?' -m csv
$FACTSH --base "$b" -c 'p(b, _, _)~ @known: 2026-02-01.' -c '.erase p(a, _, _)' -c 'p(X, N, D)?'
printf 'p(d, 1, _).\np(d, 2, _).\np(e, 1 / 0, _).\nq(' > "$SCRATCH/half.dl"
$FACTSH --base "$b" "$SCRATCH/half.dl"
printf 'p(d, 1, _).\np(d, wrong, _).\n' > "$SCRATCH/half.dl"
$FACTSH --base "$b" "$SCRATCH/half.dl"
$FACTSH --base "$b" -c '.verify' -c '.compact' -c 'p(X, N, D)?' 2>/dev/null
$FACTSH --base "$b" --read-only -c 'p(z, 1, _).'; echo $?
$FACTSH --safe -c ".open $b"; echo $?
$FACTSH -c 'p(1).' -c ".open $b"; echo $?
$FACTSH --base "$SCRATCH/half.dl" -c 'p(1).'; echo $?
$FACTSH --base "$SCRATCH/none" --read-only -c 'p(1).'; echo $?
