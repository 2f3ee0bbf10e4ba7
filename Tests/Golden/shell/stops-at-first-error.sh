printf 'p(1).\nq(X)?\np(X)?\n' > $SCRATCH/a.dl
$FACTSH --mode facts $SCRATCH/a.dl
echo "status $?"
$FACTSH --mode facts --keep-going $SCRATCH/a.dl
echo "status $?"
