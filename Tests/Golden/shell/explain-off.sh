# Passes are switched off and on by name; an unknown one gives the nearest names.
run() { "$FACTSH" --no-init --batch --keep-going; }
run <<'X'
.explain off
.explain off magic-sets Join-Order
.explain on join-order
.explain off
.explain off magic-set
.explain on everything at once
off(1).
.timer off
.explain off(X)?
.explain on all
.explain on
X
