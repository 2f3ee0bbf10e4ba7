# Every mode marks what is disputed.
for mode in table line csv tsv json jsonl markdown facts; do
  echo "-- $mode"
  $FACTSH --no-init --batch --mode $mode -c 'p(a). p(b) @certainty: probable. -p(b). p(X)? p(b)? p(a)?'
done
