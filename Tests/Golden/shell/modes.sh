for mode in table line csv tsv json jsonl markdown facts; do
  echo "-- $mode"
  $FACTSH --mode $mode _values.dl
done
