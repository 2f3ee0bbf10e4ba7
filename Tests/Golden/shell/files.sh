$FACTSH --mode facts _files.dl
