import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.edc.connector.controlplane.contract.spi.event.contractnegotiation.ContractNegotiationOffered;
import org.eclipse.edc.connector.controlplane.contract.spi.negotiation.store.ContractNegotiationStore;
import org.eclipse.edc.runtime.metamodel.annotation.Inject;
import org.eclipse.edc.spi.event.EventRouter;
import org.eclipse.edc.spi.security.Vault;
import org.eclipse.edc.spi.system.ServiceExtension;
import org.eclipse.edc.spi.system.ServiceExtensionContext;

/**
 * What Eclipse EDC leaves to whoever assembles it: keys in its vault, and a consumer that accepts counter-offers.
 * Everything else in the exchange is EDC as published.
 */
public class Extension implements ServiceExtension {
    @Inject
    private Vault vault;
    @Inject
    private EventRouter events;
    @Inject
    private ContractNegotiationStore negotiations;

    @Override
    public void initialize(ServiceExtensionContext context) {
        for (var alias : new String[] {"private-key", "public-key"}) {
            var file = Path.of(context.getSetting("tests.keys", "."), alias + ".pem");
            try {
                vault.storeSecret(alias, Files.readString(file));
            } catch (IOException e) {
                throw new IllegalStateException("cannot read " + file, e);
            }
        }
        if (!context.getSetting("tests.accept.offers", false)) {
            return;
        }
        events.register(ContractNegotiationOffered.class, new org.eclipse.edc.spi.event.EventSubscriber() {
            @Override
            public <E extends org.eclipse.edc.spi.event.Event> void on(org.eclipse.edc.spi.event.EventEnvelope<E> event) {
                var offered = (ContractNegotiationOffered) event.getPayload();
                var negotiation = negotiations.findByIdAndLease(offered.getContractNegotiationId()).getContent();
                negotiation.transitionAccepting();
                negotiations.save(negotiation);
            }
        });
    }
}
