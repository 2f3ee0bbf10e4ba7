$FACTSH --no-init --mode csv ../../../scripts/examples/amazon/amazon.dl -c 'claim(document: boerse_0112, certainty: C) | count by C?' 
