$FACTSH --no-init --mode facts --certainty probable -c "p(a). p(b) @certainty: probable. p(c) @certainty: possible. p(X)? p(X) | count?"
