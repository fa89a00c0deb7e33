"""The yardstick: 30 clients and 10 keyworkers who live 180 days by next to no rule, as a plain Mesa model.

It uses only what works in Mesa 3.3, 3.5 and 4, collects nothing, and draws from Python's own generator, the faster of
the two that a Mesa model has.
"""

from __future__ import annotations

import mesa

CLIENTS, KEYWORKERS, DAYS = 30, 10, 180


class Client(mesa.Agent):
    """A client, who trusts the keyworker more or less."""

    def __init__(self, model: Trivial, keyworker: Keyworker) -> None:
        super().__init__(model)
        self.keyworker = keyworker
        self.trust = 0.0
        keyworker.client = self

    def step(self) -> None:
        """Meet the keyworker: trust moves a tenth of the way to the keyworker's warmth, plus a draw."""
        self.trust += 0.1 * (self.keyworker.warmth - self.trust) + 0.1 * (self.random.random() - 0.5)


class Keyworker(mesa.Agent):
    """A keyworker, more or less warm."""

    def __init__(self, model: Trivial, warmth: float) -> None:
        super().__init__(model)
        self.warmth = warmth
        self.client: Client

    def step(self) -> None:
        """Warmth moves a little toward one client's trust."""
        self.warmth += 0.02 * (self.client.trust - self.warmth)


class Trivial(mesa.Model):
    """A centre in which everyone acts once a day, in random order."""

    def __init__(self, seed: int) -> None:
        super().__init__(rng=seed)
        warmth = [self.random.random() for _ in range(KEYWORKERS)]
        keyworkers = list(Keyworker.create_agents(self, KEYWORKERS, warmth))
        Client.create_agents(self, CLIENTS, [keyworkers[i % KEYWORKERS] for i in range(CLIENTS)])

    def step(self) -> None:
        """One day."""
        self.agents.shuffle_do("step")


def live(seed: int) -> float:
    """Live one stay and free the model; returns the clients' mean trust at the end."""
    model = Trivial(seed)
    for _ in range(DAYS):
        model.step()
    trust = sum(client.trust for client in model.agents_by_type[Client]) / CLIENTS
    getattr(mesa.Agent, "_ids", {}).pop(model, None)  # or Mesa 3.3 never frees the model
    return float(trust)


if __name__ == "__main__":
    print(live(1))
