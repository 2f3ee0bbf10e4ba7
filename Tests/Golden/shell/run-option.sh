printf 'p(1). p(2).\nquery above($least = 0) "Which are above?": p(X), X > $least ?\n' > $SCRATCH/a.dl
$FACTSH --mode csv --run above $SCRATCH/a.dl
$FACTSH --mode csv --set least=1 --run above $SCRATCH/a.dl
$FACTSH --run abov $SCRATCH/a.dl
