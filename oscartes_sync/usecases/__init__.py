"""What a person or a timer can ask for, each in one module, on ports alone."""
