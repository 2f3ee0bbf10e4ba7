printf 'p("ab\xff\xfecd").\np(X)?\n' > $SCRATCH/a.dl
$FACTSH --mode facts $SCRATCH/a.dl
echo "status $?"
printf 'a\nok\nb\xffd\n' > $SCRATCH/a.csv
$FACTSH --mode facts -c "file(\"$SCRATCH/a.csv\", a: X)?"
echo "status $?"
