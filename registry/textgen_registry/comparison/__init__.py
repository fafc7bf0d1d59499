"""What differs between runs: settings, figures at best and at equal cost, samples."""
