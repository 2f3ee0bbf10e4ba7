# Figures that were filed again: how many changed, and what was known of two of them on which day.
cat > $SCRATCH/facts.dl <<'END'
relation reported(concept: text, unit: text, start: date, end: date, value: number, filed: date).
# What is of a day has no start in the file; unknown would join with nothing.
load reported(C, U, coalesce(S, E), E, V, F, @known: F) :-
  file($file, concept: C, unit: U, start: S, end: E, value: V, filed: F).
changed(C, U, S, E) :- reported(C, U, S, E, V, _), reported(C, U, S, E, W, _), V != W.
# A value that was filed, then another, then the first again.
back(C, U, S, E, V, W) :-
  reported(C, U, S, E, V, A), reported(C, U, S, E, W, B), reported(C, U, S, E, V, D),
  V != W, A < B, B < D.
query known($on = 2100-01-01):
  as of $on: reported("CapitalLeaseObligationsNoncurrent", "USD", 2015-12-31, 2015-12-31, V, @known: K)
  | Value = latest V on K ?
END
for file in CIK0001018724.json.gz CIK0000320193.json.gz; do
  path=$FACTSH_SHARED/data/companyfacts/$file
  [ -e $path ] || { echo "no $file"; continue; }
  $FACTSH --no-init --batch -m csv --quiet --set file=$path $SCRATCH/facts.dl -c 'changed(C, U, S, E) | count?'
done
path=$FACTSH_SHARED/data/companyfacts/CIK0001018724.json.gz
$FACTSH --no-init --batch -m csv --quiet --set file=$path $SCRATCH/facts.dl -c '
back(C, U, S, E, V, W) | count?
reported("CapitalLeaseObligationsNoncurrent", U, S, 2015-12-31, V, K) | select K, V | sort K?
.run known on=2016-01-01
.run known on=2016-06-30
.run known on=2017-06-30
.run known on=2018-06-30
.run known
as of 2016-06-30 and 2017-06-30: reported("CapitalLeaseObligationsNoncurrent", "USD", 2015-12-31, 2015-12-31, V, _)?'
