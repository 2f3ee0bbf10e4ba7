$FACTSH --mode csv no-such-file.dl
$FACTSH --mode csv -c 'file("no-such-file.csv", a: X)?'
$FACTSH --mode csv /
