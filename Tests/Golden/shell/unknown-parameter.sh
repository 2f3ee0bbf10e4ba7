cat > $SCRATCH/a.dl <<'END'
p(1). p(2).
query above($least = 0) "Which are above?": p(X), X > $least ?
END
$FACTSH --mode facts $SCRATCH/a.dl -c '.run above laest=1'
echo "status $?"
$FACTSH --mode facts $SCRATCH/a.dl -c 'p($other)?'
echo "status $?"
