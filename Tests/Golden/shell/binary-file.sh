head -c 4000 $FACTSH > $SCRATCH/binary.dl
$FACTSH $SCRATCH/binary.dl
echo "status $?"
$FACTSH --mode csv -c "file(\"$SCRATCH/binary.dl\", @format: csv, a: X)?"
echo "status $?"
