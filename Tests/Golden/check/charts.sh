for query in 'p(X) | chart pie X' 'p(X) | chart bar X + 1' 'p(X) | chart bar X | limit 1' 'p(_X) | chart bar _X'; do
  $FACTSH --no-init -c 'p(1).' -c "$query" 2>&1
done
