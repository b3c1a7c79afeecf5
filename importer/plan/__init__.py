"""Says what a run would do before it does it, and holds it to guards and to the plan that was made."""
