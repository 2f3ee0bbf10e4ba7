# Every mode through `into` and `.export`, plain and gzipped; what fails leaves what was there.
cd "$SCRATCH"
cat > p.dl <<'END'
relation p(who: entity, n: integer, d: date).
p(amazon, 1001..2500, late 2026-01). p("a, \"b\"", 5, 2026-01-12). p(c, _, _) @certainty: probable.
END
run() { $FACTSH --today 2026-01-12 --quiet "$@"; }
for form in csv tsv json jsonl md dl txt; do
  run p.dl -c "p(X, N, D) | into \"into.$form\"?" -c ".export p export.$form" \
    -c "p(X, N, D) | into \"into.$form.gz\"?" -c ".export p export.$form.gz"
  for way in into export; do
    echo "-- $way.$form"
    cat "$way.$form"
    zcat "$way.$form.gz" | cmp - "$way.$form"
  done
done
echo "-- read back"
for form in csv tsv json jsonl; do
  run -m csv -c "file(\"export.$form\", who: X) | Rows = count, Who = list X?"
done
run -m csv -c '.read export.dl' -c 'p(X, N, D)?'

echo "-- what a script names is beside it"
mkdir sub
printf 'q(1). q(X) | into "q.csv"?\n.export q q.json\n' > sub/q.dl
run sub/q.dl
ls sub

echo "-- failures"
mkdir folder.csv
echo old > kept.csv
run p.dl -c 'p(X, N, D) | into "name"?'
run p.dl -c '.export p x.parquet'
run p.dl -c '.export p nowhere/x.csv'
run p.dl -c '.export p folder.csv'
run p.dl -c '.export p /proc/x.csv'
# A disk that is full after four blocks.
(
  ulimit -f 4
  run -c 'n(0). n(Y) :- n(X), Y = X + 1, Y < 5000. n(X) | into "kept.csv"?'
)
cat kept.csv
ls -A
