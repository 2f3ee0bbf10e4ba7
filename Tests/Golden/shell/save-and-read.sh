$FACTSH --no-init -c '.read _everything.dl' -c ".save $SCRATCH/one.dl"
$FACTSH --no-init $SCRATCH/one.dl -c ".save $SCRATCH/two.dl"
cat $SCRATCH/one.dl
diff $SCRATCH/one.dl $SCRATCH/two.dl && echo same
