# A fact file that ends in the middle of a statement states nothing.
printf 'p(1).\np(2).\np("thr' > $SCRATCH/a.dl
$FACTSH --mode facts $SCRATCH/a.dl -c 'p(X)?'
echo "status $?"
printf 'p(1).\np(2).\nrelation q(a: ' > $SCRATCH/a.dl
$FACTSH --mode facts $SCRATCH/a.dl
echo "status $?"
