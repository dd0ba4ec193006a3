"""
Holds calls to AWS against botocore's models: reads a JSON list of {service, operation, parameters} and prints a line for
each that does not fit. The JavaScript SDK checks none of this before it sends.
"""
import json
import sys

import botocore.session
from botocore.validate import ParamValidator

session = botocore.session.get_session()
for call in json.load(sys.stdin):
    model = session.get_service_model(call['service']).operation_model(call['operation'])
    report = ParamValidator().validate(call['parameters'], model.input_shape)
    if report.has_errors():
        print(call['operation'], report.generate_report())
