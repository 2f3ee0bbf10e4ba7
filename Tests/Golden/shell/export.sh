cd $SCRATCH
cat > a.dl <<'END'
p(a, 1). p("b c", 2..3).
.export p p.csv
.export p p.json
.export p p.dl
p(X, N) | into "answer.tsv"?
p(X, N)?
.last answer.jsonl
END
$FACTSH --quiet --no-init --mode csv a.dl
for file in p.csv p.json p.dl answer.tsv answer.jsonl; do echo "-- $file"; cat $file; done
