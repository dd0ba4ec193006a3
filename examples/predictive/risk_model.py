"""A risk model from SQL and back: asks a Caldera data store for one row a patient, trains a model of who will be in hospital
within a year, says how good it is on patients that it has not seen, and writes a RiskAssessment for each patient.

    python risk_model.py --base http://localhost:8080/datastore/{id}/r4 --train-as-of 2023-06-30 --score-as-of 2025-06-30

Synthetic patients prove that the way works, not that the model does: never use it for care.
"""
import argparse
import csv
import io
import json
import sys
import urllib.error
import urllib.request
from pathlib import Path

from sklearn.calibration import calibration_curve
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FEATURES_SQL = Path(__file__).with_name("features.sql").read_text()
OUTCOME, PATIENT = "outcome", "patient_id"
SYSTEM = "https://caldera.example/risk-models"
MODEL = "hospital-stay-within-a-year"
# Entries of one batch: far below what a Bundle may have on either runtime.
BATCH = 500


def request(url, body=None, accept="application/fhir+json", method=None):
    """Sends JSON where there is a body. Says what the server answered where it refuses; it never repeats values of patients."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Accept": accept, "Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method)) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        sys.exit(f"{method or 'GET'} {url.split('?')[0]} answered {error.code}: {error.read().decode()}")


def ask(base, sql, parameters):
    """The rows of a query, as dictionaries of texts."""
    body = {"query": sql, "parameters": parameters}
    status, headers, answer = request(f"{base}/sql", body, "text/csv", "POST")
    while status == 202:  # It takes longer than a request may: its answer is fetched where the server says.
        status, headers, answer = request(headers["Content-Location"], accept="text/csv")
    return list(csv.DictReader(io.StringIO(answer.decode())))


def matrix(rows, names):
    return [[float(row[name]) if row[name] != "" else float("nan") for name in names] for row in rows]


def train(rows, names):
    """A logistic regression, told by what it says of patients that were left out while it was trained."""
    model = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler(), LogisticRegression(max_iter=1000))
    features, outcomes = matrix(rows, names), [int(row[OUTCOME]) for row in rows]
    risks = cross_val_predict(model, features, outcomes, cv=5, method="predict_proba")[:, 1]
    share = sum(outcomes) / len(outcomes)
    print(f"{len(rows)} patients, {sum(outcomes)} of them in hospital within the time ({share:.1%})")
    print(f"AUC {roc_auc_score(outcomes, risks):.3f} (five folds; 0.5 is chance)")
    print(f"Brier score {brier_score_loss(outcomes, risks):.4f} (that of the share alone: {share * (1 - share):.4f})")
    print("of those given a risk of      had a stay")
    for seen, told in zip(*calibration_curve(outcomes, risks, n_bins=5, strategy="quantile")):
        print(f"{told:>18.1%}  {seen:>20.1%}")
    model.fit(features, outcomes)
    weights = sorted(zip(names, model[-1].coef_[0]), key=lambda pair: -abs(pair[1]))
    print("strongest features: " + ", ".join(f"{name} {weight:+.2f}" for name, weight in weights[:5]))
    return model


def risk_assessment(row, risk, as_of):
    """One a patient and model: writing it again replaces it (https://hl7.org/fhir/R4/riskassessment.html)."""
    resource_id = f"{MODEL}-{row[PATIENT]}"[:64]
    return {
        "resourceType": "RiskAssessment",
        "id": resource_id,
        "status": "preliminary",
        "method": {"coding": [{"system": SYSTEM, "code": MODEL}], "text": "Logistic regression, scikit-learn"},
        "subject": {"reference": f"Patient/{row[PATIENT]}"},
        "occurrenceDateTime": as_of,
        "prediction": [{"outcome": {"text": "Hospital stay within a year"}, "probabilityDecimal": round(float(risk), 6)}],
    }


def write(base, resources):
    written = 0
    for start in range(0, len(resources), BATCH):
        part = resources[start:start + BATCH]
        entries = [
            {"resource": each, "request": {"method": "PUT", "url": f"RiskAssessment/{each['id']}"}}
            for each in part
        ]
        _, _, answer = request(base, {"resourceType": "Bundle", "type": "batch", "entry": entries}, method="POST")
        written += sum(1 for entry in json.loads(answer)["entry"] if entry["response"]["status"].startswith("20"))
        print(f"\r{written} of {len(resources)} RiskAssessments written", end="", flush=True)
    print()
    if written < len(resources):
        sys.exit("Some were refused. Run it again: what is written already stays as it is.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True, help="the data store's FHIR base URL")
    parser.add_argument("--train-as-of", default="2024-06-30", help="the day whose following year is learned from")
    parser.add_argument("--score-as-of", default="2025-06-30", help="the day for which risks are written")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--training-file", help="also writes what a SageMaker training job takes: outcome first, no header, no ids")
    given = parser.parse_args()
    base = given.base.rstrip("/")
    rows = ask(base, FEATURES_SQL, {"as_of": given.train_as_of, "days": given.days})
    if not rows:
        sys.exit("There are no patients. Start with `npm start -- --patients 1000`, or import some.")
    names = [name for name in rows[0] if name not in (OUTCOME, PATIENT)]
    if given.training_file:
        with open(given.training_file, "w", newline="") as file:
            csv.writer(file).writerows([[row[OUTCOME], *(row[name] for name in names)] for row in rows])
    model = train(rows, names)
    scored = ask(base, FEATURES_SQL, {"as_of": given.score_as_of, "days": given.days})
    risks = model.predict_proba(matrix(scored, names))[:, 1]
    write(base, [risk_assessment(row, risk, given.score_as_of) for row, risk in zip(scored, risks)])


if __name__ == "__main__":
    main()
