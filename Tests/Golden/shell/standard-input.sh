echo 'p(1). p(2). p(X)?' | $FACTSH --mode csv
