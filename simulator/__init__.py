"""The invented world and what agencies wrote down about it.

The main path is `simulator.world.simulate`. Nothing in this package reads or writes files.
"""
