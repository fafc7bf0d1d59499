"""Generation: from a trained model and a prompt to text."""
