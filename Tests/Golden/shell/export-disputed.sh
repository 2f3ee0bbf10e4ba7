# A relation that is exported carries what is disputed and less than certain.
folder=$(mktemp -d); trap 'rm -r "$folder"' EXIT
for kind in csv json jsonl md dl txt; do
  echo "-- $kind"
  $FACTSH --no-init --batch --quiet -c "p(a). p(b) @certainty: probable. -p(b)." -c ".export p $folder/o.$kind" 2>/dev/null
  cat "$folder/o.$kind"
done
