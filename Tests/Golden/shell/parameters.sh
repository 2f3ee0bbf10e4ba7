cat > $SCRATCH/a.dl <<'END'
p(2026-01-12). p("Bank of America"). p(7). p(amazon).
p(X), X = $wanted ?
END
for value in 2026-01-12 "Bank of America" 7 amazon; do
  $FACTSH --mode facts --set "wanted=$value" $SCRATCH/a.dl
done
$FACTSH --set other=1 $SCRATCH/a.dl
