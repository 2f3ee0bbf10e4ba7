printf '#!/usr/bin/env factsh\np(1).\np(X)?\n' > $SCRATCH/a.dl
chmod +x $SCRATCH/a.dl
mkdir $SCRATCH/bin && ln -s $FACTSH $SCRATCH/bin/factsh
PATH=$SCRATCH/bin:$PATH $SCRATCH/a.dl </dev/null
