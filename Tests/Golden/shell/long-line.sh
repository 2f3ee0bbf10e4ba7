# 100 MB on one line: a comment and a text in a fact file, a field in a CSV file.
python3 - <<'END'
import os
folder = os.environ["SCRATCH"]
with open(folder + "/comment.dl", "w") as file:
    file.write("p(1). #" + "x" * 100_000_000 + "\np(2).\n")
with open(folder + "/text.dl", "w") as file:
    file.write('p("' + "x" * 100_000_000 + '").\n')
with open(folder + "/field.csv", "w") as file:
    file.write("a,b\n1," + "x" * 100_000_000 + "\n2,y\n")
END
$FACTSH --mode facts $SCRATCH/comment.dl -c 'p(X)?'
$FACTSH --mode facts $SCRATCH/text.dl -c 'p(X), N = length(X) | select N?'
$FACTSH --mode facts -c "file(\"$SCRATCH/field.csv\", a: A, b: B), N = length(B) | select A, N?"
