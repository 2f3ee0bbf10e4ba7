echo 'q(X) :- p(X). q(X)?' > $SCRATCH/in
echo 'p(1).' > $SCRATCH/a.dl
$FACTSH --mode facts $SCRATCH/a.dl - < $SCRATCH/in
