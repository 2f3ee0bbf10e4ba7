$FACTSH --mode csv -c 'p(1). p(2).' -c 'p(X), X > 1'
