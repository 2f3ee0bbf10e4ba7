$FACTSH --safe --mode facts -c 'p(1). p(X)?'
$FACTSH --safe -c 'file("_values.dl", X)?'
$FACTSH --safe -c ".save $SCRATCH/x.dl"
$FACTSH --safe -c ".read _values.dl"
$FACTSH --safe -c "p(1). p(X) | into \"$SCRATCH/x.csv\"?"
ls $SCRATCH
