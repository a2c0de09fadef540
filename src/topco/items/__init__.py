"""Items: from figures of a chip, a machine or a model to the entry of the control list, with the arithmetic shown."""
