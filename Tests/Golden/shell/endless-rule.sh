# A rule that never ends is stopped by the limits, and the session goes on.
cat > $SCRATCH/a.dl <<'END'
.limit time 1
n(1).
n(X + 1) :- n(X).
n(X) | count?
p(7).
p(X)?
END
$FACTSH --mode facts --keep-going $SCRATCH/a.dl 2>&1 | sed -E 's/after [0-9.]+ ?m?s/after TIME/'
