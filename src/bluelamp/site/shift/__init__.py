"""A simulated shift: requests as they might come, officers who work them off.

The door, the stages, routing, promises, paging and every act are the product's own, and
so is the cadence of its jobs; made up are the words, the people and the clock.
"""
