brackets() { head -c "$1" /dev/zero | tr '\0' "$2"; }
{ echo -n 'X = '; brackets 100000 '('; echo -n 1; brackets 100000 ')'; echo '?'; } > $SCRATCH/a.dl
$FACTSH --mode facts $SCRATCH/a.dl 2>&1 | cut -c 1-200 | head -n 5
{ echo -n 'p('; brackets 100000 '['; } > $SCRATCH/b.dl
$FACTSH --mode facts $SCRATCH/b.dl 2>&1 | cut -c 1-200 | head -n 5
{ for _ in $(seq 2000); do echo -n 'not ('; done; echo 'p(1)'; } > $SCRATCH/c.dl
$FACTSH --mode facts $SCRATCH/c.dl 2>&1 | cut -c 1-200 | head -n 5
{ echo 'X = 1?'; brackets 100000 '{'; echo; } > $SCRATCH/d.dl
$FACTSH --mode facts $SCRATCH/d.dl 2>&1 | cut -c 1-200 | head -n 5
{ echo -n 'X = '; brackets 100000 '-'; echo '1?'; } > $SCRATCH/e.dl
$FACTSH --mode facts $SCRATCH/e.dl 2>&1 | cut -c 1-200 | head -n 5
