"""The demo world: real places, invented people, cases in every state with honest timestamps."""
