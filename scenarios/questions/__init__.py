"""Questions: what each linkage is for, and the estimators that answer them."""
