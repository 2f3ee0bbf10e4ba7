for file in _data.csv _data.json _data.jsonl _data.tsv; do gzip -c $file > $SCRATCH/$file.gz; done
cd $SCRATCH
$FACTSH --mode facts -c 'file("_data.csv.gz", company: C, positions: N), N > 12?'
$FACTSH --mode facts -c 'file("_data.json.gz", name: C) | count?'
$FACTSH --mode facts -c 'file("_data.jsonl.gz", name: C) | count?'
$FACTSH --mode facts -c 'file("*.tsv.gz", company: C) | count?'
printf 'company,positions\nX,1\n' | $FACTSH --mode facts -c 'file("/dev/stdin", company: C, positions: N, @format: csv)?'
head -c 60 _data.csv.gz > cut.csv.gz
$FACTSH --mode facts -c 'file("cut.csv.gz", company: C)?'
