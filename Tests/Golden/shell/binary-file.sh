printf 'p(1).\n\000\001\002\377binary\n' > $SCRATCH/binary.dl
$FACTSH $SCRATCH/binary.dl
echo "status $?"
$FACTSH --mode csv -c "file(\"$SCRATCH/binary.dl\", @format: csv, a: X)?"
echo "status $?"
