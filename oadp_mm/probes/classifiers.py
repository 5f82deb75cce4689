"""How good features are to a linear classifier."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

#: Inverse strengths of the linear probe's L2 penalty, one of which the train images choose.
STRENGTHS = (1e-3, 1e-2, 1e-1)
FOLDS = 3


def linear_accuracy(train: np.ndarray, train_labels: Sequence, test: np.ndarray,
                    test_labels: Sequence) -> float:
    """Per cent of test rows that a multinomial logistic regression names right.

    Features are standardised by the train rows. The strength of the penalty is the one of
    `STRENGTHS` with the best accuracy in a cross-validation on the train rows; the test rows decide
    nothing.

    Args:
        train: features (n, c).
        train_labels: n classes, two at least.
        test: features (m, c).
        test_labels: m classes.
    """
    folds = KFold(min(FOLDS, len(train)), shuffle=True, random_state=0)
    search = GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
                          {'logisticregression__C': STRENGTHS}, cv=folds)
    return 100 * float(search.fit(train, train_labels).score(test, test_labels))
