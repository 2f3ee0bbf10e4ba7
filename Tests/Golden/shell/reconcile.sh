$FACTSH --no-init --mode csv --set register=$FACTSH_SHARED/data/warn/wa.csv ../../../scripts/examples/amazon/reconcile.dl
$FACTSH --no-init --mode csv --set register=$FACTSH_SHARED/data/warn/wa.csv ../../../scripts/examples/amazon/reconcile.dl -c 'notice() | count?' --batch
